-- Sends prepared requests in turn: each thread begins at another one. The file holds method, target and header fields
-- on a line each, then an empty line; a body, if any, is the same for all and stands in a file of its own.
local prepared = {}
local position = 0
local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

function init(arguments)
    local body = nil
    if arguments[2] then
        local file = assert(io.open(arguments[2], "rb"))
        body = file:read("*a")
        file:close()
    end
    local method, target, headers = nil, nil, {}
    for line in io.lines(arguments[1]) do
        if line == "" then
            table.insert(prepared, wrk.format(method, target, headers, body))
            method, target, headers = nil, nil, {}
        elseif not method then
            method = line
        elseif not target then
            target = line
        else
            local name, value = line:match("^([^:]+): (.*)$")
            headers[name] = value
        end
    end
    position = (number - 1) * 7919 % #prepared
end

function request()
    position = position % #prepared + 1
    return prepared[position]
end

-- There is no response function: with one, wrk would gather every body in memory.
function done(summary, latency)
    print(string.format("RESULT %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
        + summary.errors.timeout))
end
