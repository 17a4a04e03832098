import { systemClock } from "../../src/compose/platform.ts";
import type { Clock } from "../../src/core/layers.ts";
import { signInRoutes } from "../../src/surfaces/console/index.ts";
import type { Log } from "../../src/surfaces/http/observe.ts";
import type { Route } from "../../src/surfaces/http/routes.ts";
import { createLog } from "../../src/telemetry/log.ts";

/** The routes of a sign-in whose provider vouches for everybody, for tests that walk routes: what keeps people out there is not the provider. */
export const signInOfAnybody = (
  origin: () => string,
  { clock, log }: { clock: Clock; log: Log } = { clock: systemClock, log: createLog({ level: "silent" }) },
): readonly Route[] =>
  signInRoutes({
    provider: {
      begin: async () => ({ location: "https://login.example/", attempt: { state: "s" } }),
      finish: async () => ({ login: "anna" }),
    },
    origin,
    enter: async () => ({ cookie: "c", expires: clock.now() + 60_000 }),
    clock,
    log,
  });
