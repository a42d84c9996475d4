/** A message to scroll to. `quiet`: scrolls to its top without highlighting it. `focus`: focuses it too. Otherwise the focus stays
 *  in the text field. */
export interface ScrollTarget {
  readonly seq: number;
  readonly quiet?: boolean;
  readonly focus?: boolean;
}
