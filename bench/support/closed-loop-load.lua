-- Sends the bodies of a file, one per line, in turn. All are read before the start, so that reading does not slow the load.
local requests = {}
local number = 0

init = function()
  local headers = { ["Content-Type"] = "application/json" }
  for body in io.lines(os.getenv("HEARTBEATS")) do
    requests[#requests + 1] = wrk.format("POST", "/v1/hit", headers, body)
  end
  number = math.random(#requests)
end

request = function()
  number = number % #requests + 1
  return requests[number]
end
