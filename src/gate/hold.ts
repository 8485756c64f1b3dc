/**
 * Lets a request (a connection) wait while its section has no server that takes work, up to so many milliseconds; then
 * it goes the usual way, which is a refusal if there is still none.
 */
export const holdScript = `local step = 25

local function hold(txn, section, limit)
  local waited = 0
  while waited < tonumber(limit) and txn.f:nbsrv(section) < 1 do
    core.msleep(step)
    waited = waited + step
  end
end

core.register_action("hold", { "http-req", "tcp-req" }, hold, 2)
`;
