/**
 * The pool alone: undici's main file also loads fetch, WebSocket, caches and mocks, which takes 40 ms of the start and 8 MB. The version is
 * pinned, and no gateway test passes without it.
 */
declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici";
  export default Pool;
}
