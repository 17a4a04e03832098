/** How a cluster is reached, and what pods there are like. Files are named, not read: tokens are exchanged while we run. */
export interface KubernetesSettings {
  /** `https://…` of the API; left out where Holdfast runs in the cluster itself. */
  readonly api?: string;
  /** A file with the certificates that vouch for the API; left out: those of the system, or of the cluster we run in. */
  readonly ca?: string;
  /** A file with the token that we show. */
  readonly token?: string;
  /** Where pods run. INVARIANT: nothing else runs there; what can be done there by others is looked for and refused. */
  readonly namespace?: string;
  /** What runs pods there: without one they share the kernel of their node. */
  readonly runtime_class?: string;
  /** Whose programs a cell has that names no image, by its digest. */
  readonly image?: string;
  /** Milliseconds after which the cluster ends a pod by itself: for those that we cannot end any more. */
  readonly longest: number;
  /** Milliseconds that a pod may take to start. */
  readonly start: number;
}
