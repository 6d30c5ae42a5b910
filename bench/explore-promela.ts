/** The small machine of bench/explore.ts in Promela, for Spin: one guest, all checks on. Written from the manual, not from the core. */
export interface PromelaSetting {
  pages: number;
  gpas: number;
  vmpls: number;
  masks: readonly number[];
}

/** One process that does any of the moves that change something, for ever. */
export function promela({ pages, gpas, vmpls, masks }: PromelaSetting): string {
  const levels = Array.from({ length: vmpls - 1 }, (_, i) => i + 1);
  const moves: string[] = [];
  const move = (guard: string, ...effects: string[]) => moves.push(`  :: d_step { ${guard} -> ${effects.join("; ")} }`);

  for (let page = 0; page < pages; page++) {
    // RMPUPDATE: an identical one changes nothing, any other resets validated and masks
    const fresh = [`validated[${page}] = 0`, ...levels.map((level) => `mask${level}[${page}] = 0`)];
    for (let gpa = 0; gpa < gpas; gpa++) {
      move(`owner[${page}] != ${gpa + 1}`, `owner[${page}] = ${gpa + 1}`, ...fresh);
    }
    move(`owner[${page}] != 0`, `owner[${page}] = 0`, ...fresh);
  }
  for (let gpa = 0; gpa < gpas; gpa++) {
    for (let leaf = 0; leaf <= pages; leaf++) move(`leaf[${gpa}] != ${leaf}`, `leaf[${gpa}] = ${leaf}`);
    // what a guest does at a gpa reaches the page it is mapped to, if that is assigned at this gpa
    for (let page = 0; page < pages; page++) {
      const reached = `leaf[${gpa}] == ${page + 1} && owner[${page}] == ${gpa + 1}`;
      move(reached, `validated[${page}] = 1 - validated[${page}]`);
      for (let vmpl = 0; vmpl < vmpls; vmpl++) {
        for (const target of levels.filter((level) => level > vmpl)) {
          for (const mask of masks) {
            const own = vmpl === 0 ? "" : ` && (${mask} & ~mask${vmpl}[${page}]) == 0`;
            const changes = `mask${target}[${page}] != ${mask}`;
            move(`${reached} && validated[${page}] == 1${own} && ${changes}`, `mask${target}[${page}] = ${mask}`);
          }
        }
      }
    }
  }
  return [
    "/* owner: 0 unassigned, else 1 + the gpa that the page is assigned at; leaf: 0 not mapped, else 1 + the page */",
    `byte owner[${pages}]; byte leaf[${gpas}]; byte validated[${pages}];`,
    ...levels.map((level) => `byte mask${level}[${pages}];`),
    "active proctype machine() {",
    "  do",
    ...moves,
    "  od",
    "}",
    "",
  ].join("\n");
}
