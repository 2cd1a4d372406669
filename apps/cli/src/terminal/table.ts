import { oneLine } from './sanitise.ts';
import { fit, type Look, type Style, widthOf } from './style.ts';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly look?: ((row: Row) => Look | undefined) | undefined;
  /** Takes what width is left, and is cut first; at most one column. */
  readonly flexible?: boolean;
}

const gap = 2;

/** A table of rows; cells are made safe for the terminal here. */
export const table = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  style: Style,
  terminalColumns: number | undefined,
): string => {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const widths = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...cells.map((line) => widthOf(line[index] ?? ''))),
  );
  const flexible = columns.findIndex((column) => column.flexible === true);
  if (flexible >= 0 && terminalColumns !== undefined) {
    const others = widths.reduce((sum, width, index) => (index === flexible ? sum : sum + width + gap), 0);
    widths[flexible] = Math.min(widths[flexible] ?? 0, Math.max(10, terminalColumns - others));
  }
  const line = (texts: readonly string[], look: (index: number) => Look | undefined): string =>
    texts
      .map((text, index) => {
        const width = widths[index] ?? 0;
        const fitted = fit(text, width);
        const padding = index === texts.length - 1 ? '' : ' '.repeat(width - widthOf(fitted) + gap);
        const chosen = look(index);
        return (chosen === undefined ? fitted : style(chosen, fitted)) + padding;
      })
      .join('');
  return [
    line(
      columns.map(({ title }) => title),
      () => 'dim',
    ),
    ...rows.map((row, place) => line(cells[place] ?? [], (index) => columns[index]?.look?.(row))),
  ].join('\n');
};
