/** What others have published, to stand beside our figures. Their agents are real models; ours is one that obeys every injected text. */
export const PUBLISHED: readonly { readonly what: string; readonly benchmark: string; readonly attackSuccess: string; readonly utility: string }[] = [
  { what: "no defence, GPT-4o", benchmark: "AgentDojo", attackSuccess: "47.7 %", utility: "" },
  { what: "tool filter", benchmark: "AgentDojo", attackSuccess: "6.8 %", utility: "56 % under attack" },
  { what: "a detector of injections", benchmark: "AgentDojo", attackSuccess: "7.95 %", utility: "down to 41 %" },
  { what: "Progent, policies written by a model", benchmark: "AgentDojo", attackSuccess: "2.2 %", utility: "" },
  { what: "Progent, policies written by hand", benchmark: "AgentDojo", attackSuccess: "0 %", utility: "" },
  { what: "LlamaFirewall", benchmark: "AgentDojo", attackSuccess: "1.75 %", utility: "5 points lost" },
  { what: "CaMeL", benchmark: "AgentDojo", attackSuccess: "none, with proof", utility: "77 % of tasks" },
  { what: "PIGuard", benchmark: "AgentDyn", attackSuccess: "1.4 %", utility: "2.4 % under attack" },
  { what: "Progent", benchmark: "AgentDyn", attackSuccess: "4.0 %", utility: "8.0 % under attack" },
  { what: "tool filter", benchmark: "AgentDyn", attackSuccess: "1.9 %", utility: "2.9 % under attack" },
];
