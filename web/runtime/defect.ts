/** A defect of ours (the core trapped, an assumption failed): this instance must not be used again. */
export class Defect extends Error {
  override name = "Defect";
}
