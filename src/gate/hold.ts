/**
 * Lets a request (a connection) wait while its section has no server that takes work, up to so many milliseconds; then
 * it goes the usual way, which is a refusal if there is still none. A gate that ends lets all go.
 */
export const holdScript = `local step = 25

local function stopping(txn)
  local answer = txn.f:stopping()
  return answer == true or answer == 1
end

local function hold(txn, section, limit)
  local waited = 0
  while waited < tonumber(limit) and txn.f:nbsrv(section) < 1 and not stopping(txn) do
    core.msleep(step)
    waited = waited + step
  end
end

core.register_action("hold", { "http-req", "tcp-req" }, hold, 2)
`;
