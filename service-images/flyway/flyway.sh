#!/bin/sh
# The first compiler and the serial collector start a short-lived Java soonest. Java's own log is off
# because it goes to the standard output, where Flyway's JSON is.
exec java ${FLYWAY_JAVA:--XX:SharedArchiveFile=/flyway/classes.jsa} -Xlog:disable -Xlog:all=error:stderr \
  -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$(cat /flyway/classpath):/flyway/drivers/*" \
  org.flywaydb.commandline.Main "$@"
