/**
 * The texts that run inside the sandbox beside the user's own. The page's worker has them from its bundle, the commands from
 * the disk, both made by cli/sandbox-texts.ts; they hand them in, so that a run depends on nothing around it.
 */
export interface Sources {
  /** the default hypervisor: hypervisor/kvm/*.ts, by file name without its ending */
  kvm: Record<string, string>;
  /** the guest-side library: library/*.ts */
  linux: string;
  ovmf: string;
  svsm: string;
  /** the sandbox's own side as JavaScript: inside/*.ts, by file name without its ending */
  inside: Record<string, string>;
}
