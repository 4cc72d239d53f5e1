import type { IconName } from "./icons";

export interface MenuItem {
  key: string;
  label: string;
  icon?: IconName;
  /** One of a set that is chosen now. */
  checked?: boolean;
  danger?: boolean;
  disabled?: boolean;
  /** A line above. */
  separated?: boolean;
  select: () => void;
}
