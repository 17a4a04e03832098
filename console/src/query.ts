import { QueryCache, QueryClient } from "@tanstack/react-query";
import { CallFailed } from "./api/client.ts";

/** A call that finds no session makes the whole console ask again who is there. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (error instanceof CallFailed && error.status === 401 && query.queryKey[0] !== "session") void queryClient.invalidateQueries({ queryKey: ["session"] });
    },
  }),
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && !(error instanceof CallFailed && error.status >= 400 && error.status < 500),
      staleTime: 2000,
      // A console on a machine without a network is the ordinary case.
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

// What was decided while the page was another one was told to nobody here: whoever comes back is shown it.
for (const queryKey of [["latest"], ["status"]]) queryClient.setQueryDefaults(queryKey, { staleTime: 0 });
