import { z } from "zod";
import { duration } from "./values.ts";

const file = z.string().regex(/^\//, "expected an absolute path");
const name = z
  .string()
  .max(63)
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, "expected a name of the cluster: small letters, digits and `-`");
const time = (least: number, most: number, text: string) => duration.refine((ms) => ms >= least && ms <= most, text);

const kubernetes = z
  .strictObject({
    api: z
      .string()
      .regex(/^https:\/\/[^\s/?#@]+(?:\/[^\s?#@]*)?$/, "expected the address of a cluster's API, such as `https://10.0.0.1:6443`")
      .exactOptional()
      .describe("Where the cluster's API is. Left out: Holdfast runs in that cluster itself, and finds it as pods do."),
    ca: file.exactOptional().describe("A file with the certificates that vouch for the API."),
    token: file.exactOptional().describe("A file with the token that is shown to the API. It is read again for each request."),
    namespace: name.exactOptional().describe("The namespace that cells run in, and nothing else."),
    runtime_class: name.exactOptional().describe("The RuntimeClass that runs them, such as gVisor or Kata. Left out: they share the kernel of their node."),
    image: z
      .string()
      .regex(/^[^\s@]{1,400}@sha256:[0-9a-f]{64}$/, "expected an image by its digest: `name@sha256:…`")
      .exactOptional()
      .describe("Whose programs a cell has that names no image."),
    longest: time(1000, 7 * 24 * 3_600_000, "from `1s` to `7d`")
      .prefault("24h")
      .describe("When the cluster ends a cell by itself: for those that Holdfast cannot end any more."),
    start: time(1000, 600_000, "from `1s` to `10m`").prefault("60s").describe("How long a cell may take to start."),
  })
  .describe("The cluster in which the sandbox `kubernetes` runs.");

const id = z.int().min(1, "root is not kept from its machine's network").max(4_294_967_294);
const network = z
  .strictObject({ uid: id.describe("Its user, as a number."), gid: id.describe("Its group, as a number.") })
  .describe("The account that programs of the sandbox `network` are run as. Left out: nobody (65534).");

export const sandboxes = z
  .strictObject({ network: network.exactOptional(), kubernetes: kubernetes.exactOptional() })
  .describe("What sandboxes have to be told that cannot be found on this machine.");
