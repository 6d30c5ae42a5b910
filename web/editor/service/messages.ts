/** TypeScript's messages, less the advice that does not fit here: there is no configuration to change, no package to add. */

const NO_MODULE = /^Cannot find module '([^']*)'/;
const ADVICE = / (?:Do you need to|Did you mean to set|Try changing|Try `npm)[\s\S]*$/;

export function messageOf(message: string): string {
  const [, module] = NO_MODULE.exec(message) ?? [];
  if (module !== undefined) return `There is no module "${module}" here.`;
  if (/^'Date' only refers to a type/.test(message))
    return "There is no clock here: a run depends on nothing outside it.";
  return message.replace(ADVICE, "");
}
