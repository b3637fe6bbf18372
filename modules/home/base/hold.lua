-- Requests wait as long as HAProxy's table `holds` has the service that they need. Homeport puts it there and takes it
-- away; an entry ends by itself, so that nobody waits for a homeport that was killed.
core.register_action("hold", { "http-req" }, function(_, service)
  while core.backends.holds.stktable:lookup(service) do
    core.msleep(50)
  end
end, 1)
