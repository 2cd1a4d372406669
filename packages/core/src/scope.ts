/** What a caller may see. A foreign id answers exactly like an unknown one. */
export interface Scope {
  /** Null sees every tenant: the key of the host itself. */
  readonly tenantId: string | null;
}

/** The scope of whoever holds the host. */
export const wholeHost: Scope = { tenantId: null };

/** Whether something of this tenant is visible in the scope. */
export const inScope = (scope: Scope, tenantId: string | undefined): boolean =>
  scope.tenantId === null || scope.tenantId === tenantId;
