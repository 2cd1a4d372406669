/** Where the space is that is kept back for when the disk is full. */
export const reservePath = (databasePath: string): string => `${databasePath}.reserve`;
