-- Requests wait as long as HAProxy's table `holds` says so of the service that they need. Homeport writes it there; an
-- entry ends by itself, so that nobody waits for a homeport that was killed.
local function is_held(service)
  local entry = core.backends.holds.stktable:lookup(service)
  -- HAProxy does not remove an entry that has ended while a request looks at it.
  return entry and entry.gpt0 == 1 and entry.expire > 0
end

core.register_action("hold", { "http-req" }, function(_, service)
  while is_held(service) do
    core.msleep(50)
  end
end, 1)
