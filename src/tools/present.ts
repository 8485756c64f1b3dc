type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the fields that are undefined: absent is what an option that nobody wrote is. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** The same, or undefined where no field is left. */
export function groupOf<T extends object>(fields: T): Given<T> | undefined {
  const left = given(fields);
  return Object.keys(left).length === 0 ? undefined : left;
}
