/**
 * A method as a function of its object. Taken while the sandbox loads, before the program: what a program does to prototypes
 * afterwards, nobody asks.
 */
export const uncurry = <T, A extends unknown[], R>(f: (this: T, ...args: A) => R) =>
  Function.prototype.call.bind(f) as unknown as (self: T, ...args: A) => R;
