import { z } from 'zod';
import type { Changed } from './sed.ts';

const Cell = z.object({ id: z.string().optional(), cell_type: z.string() }).passthrough();
const Notebook = z.object({ cells: z.array(Cell) }).passthrough();

/** A change of one cell of a Jupyter notebook. Without a cell, or where there is none of that id, only an insert is done. */
export interface CellEdit {
  readonly cellId: string | undefined;
  readonly source: string;
  readonly type: 'code' | 'markdown' | undefined;
  readonly mode: 'replace' | 'insert' | 'delete';
}

/** The notebook with the cell replaced, deleted, or a new one behind it (at the beginning without an id). */
export const editNotebook = (edit: CellEdit, text: string): Changed => {
  const book = Notebook.safeParse(jsonOf(text));
  if (!book.success) return { done: false, reason: 'is no notebook' };
  const { cells } = book.data;
  const index = cells.findIndex((cell, place) => cell.id === edit.cellId || `${place}` === edit.cellId);
  const { cellId, mode, type, source } = edit;
  if (index < 0 && (cellId !== undefined || mode !== 'insert')) {
    return {
      done: false,
      reason: cellId === undefined ? 'cell_id: is required' : `there is no cell ${cellId}`,
    };
  }
  const lines = source === '' ? [] : source.split(/(?<=\n)/);
  const kind = type ?? cells[index]?.cell_type ?? 'code';
  const made = {
    ...(kind === 'code' ? { execution_count: null, outputs: [] } : {}),
    metadata: {},
    cell_type: kind,
    source: lines,
  };
  const before = cells[index];
  // What a cell gave before is not what it gives now.
  const changed = before === undefined ? made : { ...before, ...made, metadata: before.metadata ?? {} };
  const after =
    mode === 'delete'
      ? cells.toSpliced(index, 1)
      : mode === 'insert'
        ? cells.toSpliced(index + 1, 0, { ...made })
        : cells.toSpliced(index, 1, changed);
  return { done: true, text: `${JSON.stringify({ ...book.data, cells: after }, null, 1)}\n` };
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
