export { type Clock as ReportClock, dueAt, REPORTS, type Report } from "./clocks.ts";
export { type Act, type Incident, type Incidents, openIncidents, type Step } from "./incidents.ts";
export { createRepeated } from "./repeated.ts";
