/** The parser inside sucrase 0.35: its package declares the types beside, not at, the path of the code. */

declare module "sucrase/dist/parser/index.js" {
  import type { Token } from "sucrase/dist/types/parser/tokenizer/index";
  export function parse(source: string, jsx: boolean, typescript: boolean, flow: boolean): { tokens: Token[] };
}

declare module "sucrase/dist/parser/tokenizer/types.js" {
  export { TokenType } from "sucrase/dist/types/parser/tokenizer/types";
}
