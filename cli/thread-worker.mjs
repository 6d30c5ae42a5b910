/** Teaches the thread to read TypeScript (Node cannot by itself), then becomes thread-worker.ts. */
import { register } from "tsx/esm/api";

register();
await import("./thread-worker.ts");
