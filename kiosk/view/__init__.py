"""What can be seen and chosen: plain values, the words that flow, screens, doctor and workplace share."""
