-- For wrk: each request asks for the rows of another meter, by one of many callers. `make load` hands it a file with a
-- line for each: a token, and a meter number.
local made = 0

function setup(thread)
   thread:set("which", made)
   made = made + 1
   thread:set("step", 2)
end

function init(args)
   asked = {}
   for line in io.lines(args[1]) do
      local token, meter = line:match("^(%S+) (%d+)$")
      asked[#asked + 1] = { token, meter }
   end
   math.randomseed(which + os.time())
   number = which
end

local function uuid()
   return (string.gsub("xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx", "x", function()
      return string.format("%x", math.random(0, 15))
   end))
end

function request()
   number = number + step
   local one = asked[number % #asked + 1]
   local headers = { ["Authorization"] = "Bearer " .. one[1], ["Content-Type"] = "application/json" }
   return wrk.format("PUT", "/v1/issues/" .. uuid(), headers, '{"meter_number":"' .. one[2] .. '"}')
end
