/** Every door. A new one is a file of its own and a row here. */
import { boundary } from "./boundary";
import { files } from "./files";
import { ovmfImages } from "./images";
import { links } from "./links";
import { programs } from "./programs";
import type { Target } from "./target";
import { vectors } from "./vectors";

export const TARGETS: readonly Target[] = [programs, boundary, links, files, vectors, ovmfImages];
