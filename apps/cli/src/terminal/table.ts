import { oneLine } from './clean.ts';
import { fit, type Look, paint, type Text, widthOf } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly look?: ((row: Row) => Look | undefined) | undefined;
  /** Takes what width is left, and is cut first; at most one column. */
  readonly flexible?: boolean;
}

const gap = 2;

/** Rows below their titles, one line each. `columns` is the width of the terminal; undefined cuts nothing. */
export const table = <Row>(
  layout: readonly Column<Row>[],
  rows: readonly Row[],
  columns: number | undefined,
): readonly Text[] => {
  const cells = rows.map((row) => layout.map(({ cell }) => oneLine(cell(row))));
  const widths = layout.map(({ title }, index) =>
    Math.max(widthOf(title), ...cells.map((line) => widthOf(line[index] ?? ''))),
  );
  const flexible = layout.findIndex((column) => column.flexible === true);
  if (flexible >= 0 && columns !== undefined) {
    const others = widths.reduce((sum, width, index) => (index === flexible ? sum : sum + width + gap), 0);
    widths[flexible] = Math.min(widths[flexible] ?? 0, Math.max(10, columns - others));
  }
  const line = (texts: readonly string[], look: (index: number) => Look | undefined): Text =>
    texts.map((text, index) => {
      const width = widths[index] ?? 0;
      const fitted = fit(text, width);
      const padding = index === texts.length - 1 ? '' : ' '.repeat(width - widthOf(fitted) + gap);
      return [paint(look(index), fitted), padding];
    });
  return [
    line(
      layout.map(({ title }) => title),
      () => 'dim',
    ),
    ...rows.map((row, place) => line(cells[place] ?? [], (index) => layout[index]?.look?.(row))),
  ];
};
