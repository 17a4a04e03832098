export { type Definition, decodeHeader, definitionsIn, encodeHeader, type HeaderArgument, headerArguments, headerValue } from "./definition.ts";
export { type Asking, type Id, type Message, type RpcError, readMessage, writeMessage } from "./message.ts";
export {
  CLIENT_METHODS,
  CLIENT_NOTICES,
  isModern,
  isTaskMethod,
  type Meaning,
  nameOf,
  progressTokenIn,
  SERVER_METHODS,
  SERVER_NOTICES,
  SESSION_VERSIONS,
  STATELESS_VERSION,
  versionIn,
} from "./methods.ts";
export { type Readable, readable } from "./opaque.ts";
export {
  isOver,
  isTaskAnswer,
  MISSING_CAPABILITY,
  readTask,
  relatedIn,
  relatedTo,
  type SaidTask,
  TASK_EXTENSION,
  TASK_STATUS,
  type TaskStatus,
  type ToldTask,
  takesTasks,
  taskIn,
  writeTask,
} from "./tasks.ts";
