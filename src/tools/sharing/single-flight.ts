/** One run per key at a time: who asks while one is under way gets its result, good or bad. Nothing is kept. */
export class SingleFlight<T> {
  private readonly flights = new Map<string, Promise<T>>();

  run(key: string, task: () => Promise<T>): Promise<T> {
    const underWay = this.flights.get(key);
    if (underWay !== undefined) return underWay;
    const flight = task().finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }

  /** Resolves when the run that is under way now has ended, well or not; at once where there is none. */
  async ended(key: string): Promise<void> {
    await this.flights.get(key)?.catch(() => undefined);
  }
}
