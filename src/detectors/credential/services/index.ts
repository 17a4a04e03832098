import type { ServiceKeys } from "../../service-key.ts";
import { ai } from "./ai.ts";
import { cloud } from "./cloud.ts";
import { code } from "./code.ts";
import { messaging } from "./messaging.ts";
import { operations } from "./operations.ts";
import { payments } from "./payments.ts";

export const services: readonly ServiceKeys[] = [cloud, code, ai, payments, messaging, operations];
