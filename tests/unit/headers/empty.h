/* Nothing: what is tested comes before it. */
