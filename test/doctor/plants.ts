/** All faults that are planted, by name. */
import { type Random, random } from "../../src/core/random.ts";
import { itemFaults } from "./plants-of-items.ts";
import { listFaults } from "./plants-of-lists.ts";
import { shopperFaults } from "./plants-of-shoppers.ts";

export const planters = { ...shopperFaults, ...listFaults, ...itemFaults };

export const chanceOf = (name: string): Random => random(name);
