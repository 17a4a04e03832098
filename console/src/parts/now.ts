import { useEffect, useState } from "react";

const SECOND = 1000;

/** The time, anew every second while the page can be seen. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now());
    }, SECOND);
    return () => clearInterval(timer);
  }, []);
  return now;
}
