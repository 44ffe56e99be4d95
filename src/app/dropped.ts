/** Whether files are dragged: unless the page takes the event, the browser leaves it for the file, and what it lends and answers is gone. */
export const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Where a page takes no files: nothing happens. */
export function refuseFiles(event: DragEvent): void {
  if (!hasFiles(event)) return;
  event.preventDefault();
  event.dataTransfer!.dropEffect = 'none';
}
