/** A launch digest: 48 bytes in groups of four, copied whole. The gaps are drawn, so that selecting it takes none along. */
import { copyDigest } from "../../store/platform";
import { Icon } from "../icons";

export function Digest({ value, what }: { value: string; what: string }) {
  return (
    <div className="digest">
      <code>
        {value.match(/.{8}/g)?.map((group, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is the group's identity
          <span key={i}>{group}</span>
        ))}
      </code>
      <button type="button" className="button plain" onClick={() => void copyDigest(value, what)}>
        <Icon name="copy" />
        Copy<span className="sr"> {what}</span>
      </button>
    </div>
  );
}

/** The first bytes, and a click copies all of them. */
export function DigestButton({ value, what }: { value: string; what: string }) {
  return (
    <button
      type="button"
      className="button plain mono digest-button"
      title={`Copy ${value}`}
      onClick={() => void copyDigest(value, `The ${what}`)}
    >
      {value.slice(0, 12)}…<span className="sr"> copy the whole {what}</span>
    </button>
  );
}

/** The first bytes, enough to tell two apart. */
export function DigestStart({ value }: { value: string }) {
  return (
    <span className="digest-start mono" title={value}>
      {value.slice(0, 8)}
      <span aria-hidden="true">…</span>
    </span>
  );
}
