import { useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { CallFailed, getOperator } from "./api/client.ts";
import { type Attempt, Login } from "./frame/login.tsx";
import { providerIn } from "./frame/sign-in.tsx";
import { router } from "./routes.tsx";
import type { TextId } from "./text/text.ts";

interface EntranceProps {
  readonly attempt: Promise<Attempt> | undefined;
  /** Why a sign-in at the provider ended without a session. */
  readonly refused: TextId | undefined;
}

/** Lets in who has a session; tells everybody else how to get one. */
export function Entrance({ attempt, refused }: EntranceProps) {
  const session = useQuery({ queryKey: ["session"], queryFn: getOperator, enabled: attempt === undefined, refetchInterval: 60_000 });
  if (attempt !== undefined) return <Login attempt={attempt} />;
  if (session.isPending) return null;
  const gone = session.error instanceof CallFailed && session.error.status === 401;
  // A gateway that does not answer for a moment must not throw away the page that somebody is reading.
  if (gone || session.data === undefined) return <Login {...(gone ? { ...providerIn(session.error), refused } : { fault: "login.failed" })} />;
  if (location.pathname === "/login") return <Login operator={session.data} />;
  return <RouterProvider router={router} context={{ operator: session.data }} />;
}
