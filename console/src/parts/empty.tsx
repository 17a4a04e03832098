import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";

/** What stands where something will appear: what it will be, why it is not there, and the one thing to do. */
export function Empty({
  icon,
  title,
  text,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={22} />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </div>
  );
}

export function Notice({ icon = "warning", children }: { readonly icon?: IconName; readonly children: ReactNode }) {
  return (
    <div className="notice" role="status">
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}
