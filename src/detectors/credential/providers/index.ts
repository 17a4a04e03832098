import type { ProviderKeys } from "../../provider-key.ts";
import { ai } from "./ai.ts";
import { cloud } from "./cloud.ts";
import { code } from "./code.ts";
import { messaging } from "./messaging.ts";
import { operations } from "./operations.ts";
import { payments } from "./payments.ts";

export const providers: readonly ProviderKeys[] = [cloud, code, ai, payments, messaging, operations];
