/** How an incident stands: what happens again before it is closed belongs to it. */
export const INCIDENT_STATES = ["open", "contained", "closed"] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** Which law with times for reports a person says applies: GDPR, NIS2, and the EU AI Act in general, for critical infrastructure or what is widespread, and for a death. */
export const REGIMES = ["gdpr", "nis2", "ai-act", "ai-act-critical", "ai-act-death"] as const;
export type Regime = (typeof REGIMES)[number];
