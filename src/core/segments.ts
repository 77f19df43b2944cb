/**
 * log₂ of the rows in one segment of a column. An object, so that a test of what happens as segments are added can make them small, before
 * the columns are loaded; at least 9, as a page of a hash table lies inside one.
 */
export const segments = { bits: 14 };
