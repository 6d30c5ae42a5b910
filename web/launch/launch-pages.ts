/**
 * The pages that QEMU and KVM launch a guest with, in their order, from an OVMF image and no kernel. Source: QEMU
 * target/i386/sev.c, sev_snp_launch_finish; KVM sev.c, snp_launch_update_vmsa.
 */
import { PageType } from "../../assembly/abi";
import type { LaunchPage } from "./digest";
import type { OvmfImage } from "./ovmf";
import { PAGE_BYTES, type Permissions } from "./page-info";
import { SECTION_PAGES } from "./sev-metadata";
import { RESET_VECTOR, VMSA_GPA, vmsaImage } from "./vmsa-image";

/** KVM_MAX_VCPUS can be configured to this at most. Linux asm/kvm_host.h. */
export const MAX_VCPUS = 4096;

export interface LaunchParameters {
  /** 1..4096 */
  vcpus: number;
  /** CPUID Fn0000_0001_EAX, u32 */
  cpuidSignature: number;
  /** SEV_FEATURES of every vCPU, u64 */
  sevFeatures: number | bigint;
  /** VMPL of every vCPU, 0..3; 0 when absent, as KVM always has it */
  vmpl?: number;
  /** permissions that every page but the VMSAs grants; none when absent, as KVM always has it */
  perms?: Permissions;
}

export type LaunchPages = { ok: true; pages: LaunchPage[] } | { ok: false; message: string };

/**
 * The image's pages, the metadata's sections, then a VMSA for each vCPU, the boot vCPU's first. Not ok, with a sentence,
 * when the image cannot start so many vCPUs. Throws RangeError when `vcpus` is out of range.
 */
export function launchPages(image: OvmfImage, parameters: LaunchParameters): LaunchPages {
  const { vcpus, vmpl, cpuidSignature, sevFeatures, perms } = parameters;
  if (!Number.isInteger(vcpus) || vcpus < 1 || vcpus > MAX_VCPUS) throw new RangeError(`${vcpus} vCPUs`);
  const vmsa = (eip: number): LaunchPage => ({
    type: PageType.VMSA,
    gpa: VMSA_GPA,
    contents: vmsaImage({ eip, vmpl, sevFeatures, cpuidSignature }),
  });
  const vmsas = [vmsa(RESET_VECTOR)];
  if (vcpus > 1) {
    if (image.apEip === null) {
      return {
        ok: false,
        message:
          `the image does not say where vCPUs after the first start (no AP reset vector in its footer table, or one that is 0), ` +
          `so that a guest with ${vcpus} vCPUs cannot be launched from it`,
      };
    }
    const others = vmsa(image.apEip);
    for (let vcpu = 1; vcpu < vcpus; vcpu++) vmsas.push(others);
  }
  return { ok: true, pages: [...imagePages(image, perms), ...sectionPages(image, perms), ...vmsas] };
}

function* imagePages({ bytes, gpa }: OvmfImage, perms?: Permissions): Generator<LaunchPage> {
  for (let at = 0; at < bytes.length; at += PAGE_BYTES) {
    yield { type: PageType.NORMAL, gpa: gpa + at, contents: bytes.subarray(at, at + PAGE_BYTES), perms };
  }
}

function* sectionPages({ sections }: OvmfImage, perms?: Permissions): Generator<LaunchPage> {
  for (const section of sections) {
    for (let at = 0; at < section.size; at += PAGE_BYTES) {
      yield { type: SECTION_PAGES[section.type], gpa: section.gpa + at, perms };
    }
  }
}
