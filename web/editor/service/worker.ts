/** The language service's worker: TypeScript over the texts that the editor keeps in step. */
import { initialize } from "monaco-editor/editor/editor.worker";
import { Service } from "./service";

self.onmessage = () => initialize((context) => new Service(context));
