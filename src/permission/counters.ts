import { createChains } from "./chains.ts";
import { createBreakers } from "./controls/breaker.ts";
import { createRates } from "./controls/rate.ts";
import { createRepeats } from "./controls/repeats.ts";
import { createConversations } from "./conversations.ts";
import { createHandedOn } from "./flow/handed-on.ts";
import { createHistories } from "./histories.ts";

/** All that is counted in memory and outlives a policy. One that is not handed on begins anew with each reload. */
export const createCounters = () => {
  const histories = createHistories();
  return {
    rates: createRates(),
    repeats: createRepeats(),
    breakers: createBreakers(),
    chains: createChains(),
    histories,
    conversations: createConversations(histories),
    handedOn: createHandedOn(),
  };
};
