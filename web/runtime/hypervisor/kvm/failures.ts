/** Where KVM or QEMU give a VM up, with the lines that they print: people search for them. */

/** KVM_RUN returns an error, so QEMU ends the VM. [QEMU, kvm_cpu_exec()] @param line what KVM has logged */
export function runFailed(hv: Hypervisor, line: string): never {
  log(line);
  log("error: kvm run failed Invalid argument");
  return hv.stop(`${line} (QEMU: kvm run failed Invalid argument)`, "kvm-run");
}

/**
 * A private access where QEMU has no memory that could be private. [QEMU, kvm_convert_memory()]
 */
export function memoryFault(hv: Hypervisor, gpa: number): never {
  const line = `Convert non guest_memfd backed memory region (0x${gpa.toString(16)} ,+ 0x1000) to private`;
  log(line);
  return hv.stop(`QEMU: ${line}`, "memory-fault");
}
