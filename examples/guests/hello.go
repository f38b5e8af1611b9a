// Greets every argument, and exits with their number.
package main

import (
	"fmt"
	"os"
)

func main() {
	names := os.Args[1:]
	if len(names) == 0 {
		fmt.Println("hello from Go")
	}
	for _, name := range names {
		fmt.Printf("hello, %s\n", name)
	}
	os.Exit(len(names))
}
