import type { Connection } from '../connection.ts';

/** The row of those who see all tenants; a tenant of this name would only see too high a floor. */
const wholeHost = '';

const raise = `
  INSERT INTO log_floors (tenant, position) VALUES (@tenant, @position)
  ON CONFLICT (tenant) DO UPDATE SET position = max(position, excluded.position)`;

const find = 'SELECT position FROM log_floors WHERE tenant = @tenant';

/** Writes down that an event at this position is gone, for those who see all tenants and for its own. */
export const raiseFloors = (connection: Connection, tenant: string | null, position: number): void => {
  connection.run(raise, { tenant: wholeHost, position });
  if (tenant !== null) connection.run(raise, { tenant, position });
};

/** The highest position that is gone, of a tenant or of all; 0 when none is. */
export const floorOf = (connection: Connection, tenant: string | null): number =>
  connection.get<{ position: number }>(find, { tenant: tenant ?? wholeHost })?.position ?? 0;
