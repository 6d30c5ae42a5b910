/** The launch digest of an OVMF image of the reader's, read in this browser: what hardware would report for it. */
import { type DragEvent, useId, useState } from "react";
import { CPU_MODELS } from "../../launch/cpuid-signature";
import type { ImageAnswer } from "../../runtime/protocol";
import { hex, type Inputs, readInputs } from "../../store/image-inputs";
import { type ChosenImage, chooseImage, editInputs, platform, putImageAway } from "../../store/platform";
import { LEVELS } from "../../store/ui";
import { address, count, plural } from "../numbers";
import { Digest } from "./Digest";

export function OvmfImage() {
  const image = platform((s) => s.image);
  const [over, setOver] = useState(false);
  const carriesFile = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  return (
    <section
      className="ovmf"
      aria-labelledby="ovmf-heading"
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!carriesFile(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file) chooseImage(file);
      }}
    >
      <h3 id="ovmf-heading">Digest of your own OVMF image</h3>
      <p className="small muted">
        Drop an image here, or choose one: it is read in this browser and never sent anywhere. The answer is what an SNP
        processor reports when QEMU and KVM launch it without a kernel.
      </p>
      <p className="ovmf-file">
        <label className="button outlined">
          {image ? "Choose another" : "Choose a file"}
          <input
            type="file"
            className="sr"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) chooseImage(file);
              event.target.value = "";
            }}
          />
        </label>
        {image ? (
          <>
            <span className="ovmf-name">{image.name}</span>
            <button type="button" className="button plain" onClick={putImageAway}>
              Put away
            </button>
          </>
        ) : null}
      </p>
      {image ? <Questions /> : null}
      <div aria-live="polite">{image ? <Answer image={image} /> : null}</div>
    </section>
  );
}

function Questions() {
  const inputs = platform((s) => s.inputs);
  const read = readInputs(inputs);
  const wrong = read.ok ? null : read;
  const model = Object.entries(CPU_MODELS).find(([, signature]) => read.ok && signature === read.cpuidSignature)?.[0];
  return (
    <>
      <div className="ovmf-inputs">
        <Field name="vcpus" label="vCPUs" value={inputs.vcpus} wrong={wrong?.field} numeric />
        <label className="choice">
          <span>CPU model</span>
          <select
            className="select"
            value={model ?? ""}
            onChange={(event) => editInputs({ signature: hex(CPU_MODELS[event.target.value] ?? 0) })}
          >
            {model ? null : <option value="">by signature</option>}
            {Object.keys(CPU_MODELS)
              .filter((name) => name !== "EPYC-IBPB")
              .map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
          </select>
        </label>
        <Field name="signature" label="CPUID signature" value={inputs.signature} wrong={wrong?.field} />
        <Field name="features" label="SEV_FEATURES" value={inputs.features} wrong={wrong?.field} />
        <label className="choice">
          <span>boot VMPL</span>
          <select
            className="select"
            value={inputs.vmpl}
            onChange={(event) => editInputs({ vmpl: Number(event.target.value) })}
          >
            {LEVELS.map((level) => (
              <option key={level} value={level}>
                {level}
                {level === 0 ? ", as KVM" : ""}
              </option>
            ))}
          </select>
        </label>
      </div>
      {wrong ? (
        <p className="ovmf-wrong small" id="ovmf-wrong" role="alert">
          {wrong.message}
        </p>
      ) : null}
    </>
  );
}

interface FieldProps {
  name: Exclude<keyof Inputs, "vmpl">;
  label: string;
  value: string;
  wrong: keyof Inputs | undefined;
  numeric?: boolean;
}

function Field({ name, label, value, wrong, numeric = false }: FieldProps) {
  const id = useId();
  return (
    <label className="choice" htmlFor={id}>
      <span>{label}</span>
      <input
        id={id}
        className="select mono"
        value={value}
        inputMode={numeric ? "numeric" : "text"}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={wrong === name || undefined}
        aria-describedby={wrong === name ? "ovmf-wrong" : undefined}
        onChange={(event) => editInputs({ [name]: event.target.value })}
      />
    </label>
  );
}

function Answer({ image }: { image: ChosenImage }) {
  const { answer, measuring, file } = image;
  if (answer === null) {
    const all = Math.ceil(file.size / 4096);
    return (
      <p className="small">
        Measuring: {count(measuring ?? 0)} of {plural(all, "page")}
        <progress className="ovmf-progress" max={Math.max(1, all)} value={measuring ?? 0} aria-label="Pages measured" />
      </p>
    );
  }
  if (!answer.ok) return <p className="ovmf-wrong">No digest: {answer.message}.</p>;
  return <Measured answer={answer} />;
}

function Measured({ answer }: { answer: Extract<ImageAnswer, { ok: true }> }) {
  return (
    <>
      <Digest value={answer.digest} what="Launch digest of the image" />
      <p className="small muted">
        {plural(answer.pages, "page")} measured: {count(answer.bytes / 4096)} of the image from{" "}
        <span className="mono">{address(answer.gpa)}</span>, {plural(answer.sections.length, "section")} of its
        metadata, and a VMSA for each vCPU.
        {answer.kernelHashes
          ? " The image takes hashes of a kernel; with a kernel given to QEMU the digest is another."
          : ""}
      </p>
      {answer.sections.length > 0 ? (
        <details className="small">
          <summary>Sections of the metadata</summary>
          <ul className="ovmf-sections mono">
            {answer.sections.map(({ type, gpa, size }) => (
              <li key={gpa}>
                {address(gpa)} {count(size / 1024)} KiB {type}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </>
  );
}
