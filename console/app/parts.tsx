/** Small parts that several pages share. */
import type { ComponentChildren } from "preact";
import { ApiError } from "./api.ts";
import { refusal, t } from "./words.ts";

/** What stands where nothing is: what it means, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <svg class="empty-shelf" viewBox="0 0 96 40" aria-hidden="true" focusable="false">
        <path d="M0 36h96v2H0z" />
        <path class="empty-gap" d="M14 12h12v24H14zM34 20h12v16H34zM54 6h12v30H54zM74 16h12v20H74z" />
      </svg>
      <p class="empty-title">{title}</p>
      {children && <div class="empty-text">{children}</div>}
    </div>
  );
}

export function Problem({ error }: { readonly error: unknown }) {
  if (error instanceof ApiError && error.status === 403) {
    return <Empty title={t("problem.forbidden")}>{refusal(error)}</Empty>;
  }
  const message = error instanceof ApiError ? refusal(error) : t("problem.unreachable");
  return (
    <p class="problem" role="alert">
      {message}
    </p>
  );
}

/** A share from 0 to 1 as a bar; the number stands beside it in words. */
export const Bar = ({ share }: { readonly share: number }) => (
  <span class="bar" aria-hidden="true">
    <span style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
  </span>
);
