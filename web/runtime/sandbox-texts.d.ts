/** Made by cli/sandbox-texts.ts when the page is built. */
declare module "virtual:sandbox-texts" {
  const texts: import("./sources").Sources;
  export default texts;
}
